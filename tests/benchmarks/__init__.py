"""How fast it is: goals of SPEED.md as ratios to raw SQL of the same work in the same run; `installer/dev.py bench`."""
