namespace Decant.Connectors.Chat;

/// <summary>Waiting calls: by urgency, then the callers in turn, then in order of arrival. Not safe for concurrent use.</summary>
internal sealed class CallQueue
{
    // For each urgency the callers that wait, the next one first.
    private readonly LinkedList<(string Caller, LinkedList<TaskCompletionSource> Calls)>[] _callers = [.. Enum.GetValues<CallPriority>().Select(_ => new LinkedList<(string, LinkedList<TaskCompletionSource>)>())];

    public int Count { get; private set; }

    public void Add(TaskCompletionSource call, CallTurn turn)
    {
        var callers = _callers[(int)turn.Priority];
        var node = Find(turn) ?? callers.AddLast((turn.Caller, new LinkedList<TaskCompletionSource>()));
        node.Value.Calls.AddLast(call);
        Count++;
    }

    /// <summary>Takes a call out that waits no longer. False if its turn had already come.</summary>
    public bool Remove(TaskCompletionSource call, CallTurn turn)
    {
        if (Find(turn) is not { } node || !node.Value.Calls.Remove(call)) return false;
        if (node.Value.Calls.Count == 0) node.List!.Remove(node);
        Count--;
        return true;
    }

    /// <summary>Takes out the call whose turn it is; null where none waits.</summary>
    public TaskCompletionSource? Next()
    {
        for (var priority = _callers.Length - 1; priority >= 0; priority--)
        {
            if (_callers[priority].First is not { } node) continue;
            var calls = node.Value.Calls;
            var call = calls.First!.Value;
            calls.RemoveFirst();
            Count--;
            _callers[priority].Remove(node);
            if (calls.Count > 0) _callers[priority].AddLast(node);
            return call;
        }

        return null;
    }

    private LinkedListNode<(string Caller, LinkedList<TaskCompletionSource> Calls)>? Find(CallTurn turn)
    {
        for (var node = _callers[(int)turn.Priority].First; node is not null; node = node.Next)
        {
            if (node.Value.Caller == turn.Caller) return node;
        }

        return null;
    }
}
