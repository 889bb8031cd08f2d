import Glibc
import Load

exit(LoadProgram.run(Array(CommandLine.arguments.dropFirst())))
