import Testing
@testable import Bytes
@Test func placeholderValue() throws { }
