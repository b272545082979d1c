"""Runs a command on a terminal of its own and answers its prompts.

usage: on-terminal.py ANSWERS_JSON COMMAND [ARG ...]
ANSWERS_JSON: a list of [text to wait for, text to type]. Prints {"code", "output"} as JSON.
"""
import json
import os
import pty
import select
import sys
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
            os.write(terminal, answers.pop(0)[1].encode())
else:
    os.kill(child, 9)
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "output": output.decode()}))
