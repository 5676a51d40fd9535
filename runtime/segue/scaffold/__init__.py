"""What ``segue new`` writes: destinations, actions and functions to start from, alone or as packages."""
