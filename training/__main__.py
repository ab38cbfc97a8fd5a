"""The command line: `python3 -m training COMMAND`."""
from __future__ import annotations

import os
import sys

NEEDED = 'PyTorch 1.13 or newer, numpy and Pillow (Debian: python3-torch, python3-numpy, python3-pil)'


def main() -> int:
    """The exit code: 0, 2 for what was given wrongly, 130 for a run that was interrupted."""
    try:
        from .commands import parse
        from .errors import TrainingError
    except ModuleNotFoundError as error:
        print(f'error: {error.name} is not installed; needed are {NEEDED}.', file=sys.stderr)
        return 2
    options = parse()
    try:
        options.run(options)
        sys.stdout.flush()
    except TrainingError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


sys.exit(main())
