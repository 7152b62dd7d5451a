namespace Decant.Hosting.Server;

/// <summary>Numbers a response's choices: first each call's first result, then, as they come, what searches give beyond it.</summary>
/// <param name="calls">How many calls there are.</param>
internal sealed class ChoiceIndexes(int calls)
{
    private readonly Dictionary<(int Call, string? Message), int> _indexes = [];
    private readonly HashSet<int> _begun = [];
    private int _next = calls;

    /// <param name="call">The call.</param>
    /// <param name="message">The id of its message.</param>
    public int Of(int call, string? message)
    {
        if (_indexes.TryGetValue((call, message), out var index)) return index;
        return _indexes[(call, message)] = _begun.Add(call) ? call : _next++;
    }
}
