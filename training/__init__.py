"""Trains the networks of the MobileFaceNets paper, and exports weights that the library imports."""
