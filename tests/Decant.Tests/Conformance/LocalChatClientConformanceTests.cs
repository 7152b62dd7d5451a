using Microsoft.Extensions.AI;

namespace Decant.Tests.Conformance;

public class LocalChatClientConformanceTests : ChatClientConformanceTests
{
    protected override IChatClient CreateChatClient() => TestChat.Client(TestChat.Babbler());
}
