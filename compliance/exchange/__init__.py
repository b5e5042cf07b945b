"""What leaves and enters the product as JSON: bulk lines, their schema, proof files and differences.

Pure like the law it serves: no Django, no database, no network, no clock.
"""
