"""Windows over the till that ask for one thing: an amount, a person, an approval, a count of the drawer."""
