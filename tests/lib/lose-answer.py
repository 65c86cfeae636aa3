#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy between presenced and an Asterisk. It loses one answer each time that the file LOSE appears.

    lose-answer.py PORT LOSE     prints "PORT n", the port to connect to; PORT is Asterisk's

It deletes the file, and then does not pass on the next answer that Asterisk sends. It ends after a minute.
"""
import asyncio
import os
import sys

port, lose = int(sys.argv[1]), sys.argv[2]


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def pass_messages(reader, writer):
    try:
        writer.write(await reader.readuntil(b"\r\n"))  # the banner
        while True:
            message = await reader.readuntil(b"\r\n\r\n")
            if message.startswith(b"Response:") and os.path.exists(lose):
                os.unlink(lose)
                continue
            writer.write(message)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    writer.close()


async def serve(reader, writer):
    there, to_there = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(pass_on(reader, to_there), pass_messages(there, writer))


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("PORT", server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(60)


asyncio.run(main())
