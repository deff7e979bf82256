"""What the shop knows across its areas: documents by number, later reports and behaviour."""
