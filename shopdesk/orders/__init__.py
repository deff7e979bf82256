"""Orders by phone, web and for later: quoted, confirmed with their goods set aside, changed, invoiced, paid."""
