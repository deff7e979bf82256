"""How the program looks: tokens, fonts, icons and the dressing of Qt."""
