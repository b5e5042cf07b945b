"""The verbs: the only way a case, a party or an item changes. Each is one transaction and one entry of evidence."""
