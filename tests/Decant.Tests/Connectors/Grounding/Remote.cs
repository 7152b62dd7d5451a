using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

/// <summary>A client that shows nothing of the model behind it, as one over a network does.</summary>
internal sealed class Remote(IChatClient inner) : DelegatingChatClient(inner)
{
    public override object? GetService(Type serviceType, object? serviceKey = null) => null;
}
