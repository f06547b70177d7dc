"""Fast arithmetic behind one door, `dispatch`."""
