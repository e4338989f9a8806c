"""The query service over a graph that ``kg`` built."""
