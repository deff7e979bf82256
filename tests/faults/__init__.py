"""What the shop must live through: exceptions, kills, full disks, races (spec FAULTS.md)."""
