"""What the tests share: throw-away databases, a small shop, named fakes."""
