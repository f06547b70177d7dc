"""The command line: `globalpointer`, one file a command. Heavy imports wait until a command runs."""
