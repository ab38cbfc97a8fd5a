"""The library's own command line, as this checkout has it."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .errors import TrainingError

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ('node', str(ROOT / 'scripts' / 'run.js'), 'src/cli/main.ts')


def run_library(command: str, *arguments: object, may_fail: bool = False) -> Any:
    """What `mobilefacenet COMMAND --json …` prints; progress goes to stderr. Raises TrainingError with its sentence.

    With `may_fail` a document that tells of failures for some of its entries is given like another.
    """
    line = [*COMMAND, command, '--json', *(str(argument) for argument in arguments)]
    try:
        done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise TrainingError(f'node: cannot be started ({error.strerror}); Node and `npm ci` in {ROOT} are needed.') from error
    try:
        document = json.loads(done.stdout)
    except ValueError as error:
        raise TrainingError(f'mobilefacenet {command}: ended with {done.returncode}; try `npm ci` in {ROOT}.') from error
    if 'error' in document:
        raise TrainingError(f'mobilefacenet {command}: {document["error"]["message"]}')
    if done.returncode != 0 and not may_fail:
        raise TrainingError(f'mobilefacenet {command}: ended with {done.returncode}: {done.stdout.strip()[:400]}')
    return document
