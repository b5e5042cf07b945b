"""Who is on a list, and how surely: lists, matching, and what people judged."""
