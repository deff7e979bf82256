"""The lists of the office: one file an area, mostly declarations."""
