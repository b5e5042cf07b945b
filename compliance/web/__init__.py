"""The pages: guard, form, one service or query, page. Nothing here decides, imports a row or asks the database."""
