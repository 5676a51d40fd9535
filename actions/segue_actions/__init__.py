"""The actions that come with Segue, written on its public API only."""
