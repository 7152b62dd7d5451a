namespace Decant.Decoding;

/// <summary>What may follow, as far as the reasoning is concerned.</summary>
/// <param name="kind">The kind of options, for errors.</param>
/// <param name="path">The text so far; owned from here on.</param>
internal sealed class ThinkingConstraint(string kind, ThinkingPath path) : IConstraint
{
    public string Name => kind;

    public bool Accepting => path.Last.Phase is ThinkingAutomaton.Phase.Before or ThinkingAutomaton.Phase.Behind;

    public ReadOnlySpan<int> Forced => path.Last is { Run: { } run, At: var at } ? run.AsSpan(at) : [];

    public void FillMask(Span<ulong> mask)
    {
        ref readonly var step = ref path.Last;
        if (Forced is [var only, ..])
        {
            var isAllowed = only < 64 * mask.Length && TokenMask.Contains(mask, only);
            mask.Clear();
            if (isAllowed) TokenMask.Set(mask, only);
            return;
        }

        if (step.Phase == ThinkingAutomaton.Phase.Before) return;
        if (!path.Automaton.MayClose(step)) Clear(mask, path.Automaton.Closing(step));
        Clear(mask, path.Automaton.Opening(step));
        if (step.Phase != ThinkingAutomaton.Phase.Inside) return;

        // A turn does not end in reasoning, and rows may be longer than the vocabulary.
        foreach (var end in path.Automaton.Vocabulary.EndOfTurn) Clear(mask, [end]);
        for (var id = path.Automaton.Vocabulary.Count; id < 64 * mask.Length; id++) TokenMask.Clear(mask, id);
    }

    public bool TryAccept(int token) => path.TryAccept(token);

    public void Rollback(int tokenCount) => path.Rollback(tokenCount);

    public IConstraint Fork() => new ThinkingConstraint(kind, path.Fork());

    private static void Clear(Span<ulong> mask, ReadOnlySpan<int> tokens)
    {
        // A vocabulary may have more tokens than the model has logits.
        foreach (var token in tokens)
        {
            if (token < 64 * mask.Length) TokenMask.Clear(mask, token);
        }
    }
}
