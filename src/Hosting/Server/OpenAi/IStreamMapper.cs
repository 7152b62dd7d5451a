using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns the updates of a request's calls into the events of one stream. Knows nothing of HTTP.</summary>
internal interface IStreamMapper<out T>
{
    /// <summary>The events of one update.</summary>
    IEnumerable<T> Map(int call, ChatResponseUpdate update);

    /// <summary>The usage, where it is wanted.</summary>
    IEnumerable<T> End();
}
