import Foundation
import Lane
import Server

// The server program: arguments and wiring only.

switch Arguments.parse(Array(CommandLine.arguments.dropFirst()), ProcessInfo.processInfo.environment) {
case .help: print(Arguments.helpText)
case .version: print("dossierd \(Version.text)")
case .usage(let problem):
    FileHandle.standardError.write(Data("dossierd: \(problem); see dossierd --help\n".utf8))
    exit(2)
case .verify(let folder): exit(OfflineVerify.run(folder))
case .serve(let options): ServerProgram(options).run()
}
