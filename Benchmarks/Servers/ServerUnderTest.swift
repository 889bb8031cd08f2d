import Load

/// A running server of the comparison, on a data folder of its own.
protocol ServerUnderTest: AnyObject {
    var endpoint: Endpoint { get }
    /// Seconds of processor time used so far, user and system, by all its processes and threads.
    var processorSeconds: Double { get }
    /// What its data takes in memory, with what the program itself takes: only growth tells.
    func memoryBytes() throws(BenchmarkError) -> Double
    /// What it has written: only growth tells.
    func diskBytes() throws(BenchmarkError) -> Double
    /// Writes everything into a file from which it can start again; false when it knows no such thing.
    func writeSnapshot() throws(BenchmarkError) -> Bool
    /// Returns when nothing is left to do behind the replies that have been given.
    func settle() throws(BenchmarkError)
    /// Kills it, without a chance to tidy up.
    func crash() throws(BenchmarkError)
    /// Starts it again on what is in the folder; it need not answer yet.
    func startAgain() throws(BenchmarkError)
    /// Stops it in order, and waits for the end.
    func stop() throws(BenchmarkError)
}

extension ServerUnderTest {
    /// A system that does all its work before it replies.
    func settle() {}
}
