"""`python -m bakame` is the command line."""

from bakame.app.cli import main

main()
