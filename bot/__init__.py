"""Xiaoce 小策: contracts, flows, composition root and command line."""
