import Testing

@testable import Server

@Suite struct SessionLimitsTests {
    /// As many questions as a megabyte answers, within what a batch may ask.
    @Test(arguments: [(0, 64), (10_000, 64), (16_383, 64), (20_000, 52), (40_000, 26), (70_000, 16), (5_000_000, 16)])
    func aBatchAsksWhatAMegabyteAnswers(byteCount: Int, questions: Int) {
        #expect(SessionLimits().questions(answerBytesEach: byteCount) == questions)
    }
}
