/*
 * The sub-commands of the program. Each gets its own words (argv[0] is the command's name) and answers the exit status
 * of design 7a: 0 done, 1 the data says no, 2 wrong use, 3 cannot (store missing, unreadable, disk full, port taken).
 */
#pragma once

enum exit_status { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_CANNOT = 3 };

#define COMMAND(name, function, summary) int function(int argc, char **argv);
#include "service/command.def"
#undef COMMAND
