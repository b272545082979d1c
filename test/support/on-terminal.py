"""Runs a command on a terminal of its own and answers its prompts.

usage: on-terminal.py ANSWERS_JSON COMMAND [ARG ...]
ANSWERS_JSON: a list of [text to wait for, text to type]; with a third entry, the number of a signal
to send then. Prints {"code", "output", "hasEcho"} as JSON; the last is how the terminal was left.
"""
import json
import os
import pty
import select
import sys
import termios
import time

answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
output = b""
searched = 0
deadline = time.monotonic() + 90
while time.monotonic() < deadline:
    ready, _, _ = select.select([terminal], [], [], 0.2)
    if ready:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    if answers:
        at = output.find(answers[0][0].encode(), searched)
        if at >= 0:
            searched = at + len(answers[0][0])
            time.sleep(0.1)
            _, typed, *signals = answers.pop(0)
            os.write(terminal, typed.encode())
            for number in signals:
                os.kill(child, number)
else:
    os.kill(child, 9)
_, status = os.waitpid(child, 0)
has_echo = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({"code": code, "output": output.decode(), "hasEcho": has_echo}))
