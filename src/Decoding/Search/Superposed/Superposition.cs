using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// Drafts that grow side by side at one forward per token for all of them: the model reads the mean of their last tokens' embeddings, weighted by the drafts' scores, and each draft goes on from
/// the one row of logits that comes of it (superposed decoding, Shen et al. 2024).
/// </summary>
/// <remarks>Knows nothing of sequences: who runs them asks for <see cref="Mix"/> and hands the row to <see cref="Grow"/>. Serves one caller at a time.</remarks>
/// <param name="model">Gives the embeddings.</param>
/// <param name="target">Makes each draft's distribution of the row, with the draft's own state.</param>
/// <param name="scoring">What the drafts are worth.</param>
/// <param name="count">How many drafts.</param>
internal sealed class Superposition(ICausalModel model, TargetDistribution target, SuperposedScoring scoring, int count)
{
    private readonly TokenDistribution[] _distributions = [.. Enumerable.Range(0, count).Select(_ => new TokenDistribution())];
    private readonly (int Parent, int Token, double Score)[] _chosen = new (int, int, double)[count];
    private readonly int[] _children = new int[count];
    private readonly int[] _ids = new int[count];
    private readonly float[] _embeddings = new float[count * model.Info.HiddenSize];
    private readonly List<SuperposedDraft> _ended = [];
    private List<SuperposedDraft> _growing = [];
    private List<SuperposedDraft> _next = [];
    private int _chosenCount;

    /// <summary>Those of the drafts that no end token has ended, best first.</summary>
    public IReadOnlyList<SuperposedDraft> Growing => _growing;

    /// <summary>All drafts, those of the highest mean score first.</summary>
    public IEnumerable<SuperposedDraft> Ranked => _growing.Concat(_ended).OrderByDescending(draft => draft.MeanScore);

    /// <summary>Begins anew.</summary>
    /// <param name="state">The text; the drafts take it over.</param>
    public void Begin(GenerationState state)
    {
        _ended.Clear();
        _growing.Clear();
        _growing.Add(new SuperposedDraft(state, 0, 0, 0, Ended: false));
    }

    /// <summary>Gives every growing draft a token: of all their continuations the best stay. Drafts that have ended keep their places.</summary>
    /// <param name="rows">The row behind the text, later behind what <see cref="Mix"/> gave.</param>
    /// <param name="limits">Says which tokens end a draft.</param>
    /// <returns>How many tokens were given.</returns>
    public int Grow(in BranchRows rows, GenerationLimits limits)
    {
        _chosenCount = 0;
        for (var i = 0; i < _growing.Count; i++)
        {
            var draft = _growing[i];
            var processed = target.Row(rows, draft.State, _distributions[i]);
            scoring.Read(processed, _distributions[i], draft.State);
            for (var candidate = 0; candidate < scoring.Count; candidate++) Offer(i, scoring.Token(candidate), draft.Score + scoring.Of(candidate));
        }

        Adopt(limits);
        return _chosenCount;
    }

    /// <summary>What the model reads next: Σ w E[x] over the growing drafts' last tokens x, w = softmax of their scores.</summary>
    /// <param name="destination">Receives the embedding, hidden-size long.</param>
    public void Mix(Span<float> destination)
    {
        for (var i = 0; i < _growing.Count; i++) _ids[i] = _growing[i].Token;
        var embeddings = _embeddings.AsSpan(0, _growing.Count * destination.Length);
        model.Embed(_ids.AsSpan(0, _growing.Count), embeddings);
        var total = 0.0;
        foreach (var draft in _growing) total += Math.Exp(draft.Score - _growing[0].Score);
        destination.Clear();
        for (var i = 0; i < _growing.Count; i++)
        {
            var weight = (float)(Math.Exp(_growing[i].Score - _growing[0].Score) / total);
            TensorPrimitives.MultiplyAdd(embeddings.Slice(i * destination.Length, destination.Length), weight, destination, destination);
        }
    }

    // Of equal scores the earlier offer counts: it is the better draft's, or the likelier token's.
    private void Offer(int parent, int token, double score)
    {
        var place = _chosenCount;
        while (place > 0 && score > _chosen[place - 1].Score) place--;
        var room = count - _ended.Count;
        if (place == room) return;
        if (_chosenCount < room) _chosenCount++;
        for (var i = _chosenCount - 1; i > place; i--) _chosen[i] = _chosen[i - 1];
        _chosen[place] = (parent, token, score);
    }

    private void Adopt(GenerationLimits limits)
    {
        Array.Clear(_children);
        for (var i = 0; i < _chosenCount; i++) _children[_chosen[i].Parent]++;
        _next.Clear();
        for (var i = 0; i < _chosenCount; i++)
        {
            var (parent, token, score) = _chosen[i];
            var draft = _growing[parent];

            // The last of a draft's children takes over its state.
            var state = --_children[parent] > 0 ? draft.State.Fork() : draft.State;
            state.Commit(token, _distributions[parent]);
            var child = new SuperposedDraft(state, token, score, draft.Length + 1, limits.IsEnd(token));
            (child.Ended ? _ended : _next).Add(child);
        }

        (_growing, _next) = (_next, _growing);
    }
}
