namespace Decant.Decoding;

/// <summary>Rows of two models for a run of tokens: one drafts, and the target reads the draft in one forward. They are at hand as long as the text is what was drafted.</summary>
/// <param name="models">The models.</param>
/// <param name="drafter">The one that drafts.</param>
/// <param name="most">Most tokens of a draft.</param>
internal sealed class DraftedRows(RouteModels models, int drafter, int most)
{
    private readonly TokenDistribution _distribution = new();
    private readonly int[] _draft = new int[most];
    private float[] _drafted = [];
    private float[] _target = [];
    private int _width;
    private int _start;
    private int _count = -1;

    /// <summary>Whether there is a row of the target for the token behind a text.</summary>
    public bool Has(GenerationState state)
    {
        var behind = state.Position - _start;
        return behind >= 0 && behind <= _count && state.Tokens[_start..].SequenceEqual(_draft.AsSpan(0, behind));
    }

    /// <summary>The rows for the token behind a text, where <see cref="Has"/> says so.</summary>
    /// <param name="state">The text.</param>
    /// <param name="drafted">The drafting model's row; empty behind the draft's end, which only the target has read.</param>
    /// <returns>The target's row.</returns>
    public ReadOnlySpan<float> Rows(GenerationState state, out ReadOnlySpan<float> drafted)
    {
        var row = state.Position - _start;
        drafted = row < Math.Max(1, _count) ? _drafted.AsSpan(row * _width, _width) : [];
        return _target.AsSpan(row * _width, _width);
    }

    /// <summary>Drafts behind a text, as far as it may go on and the budget goes, and has the target read all of it.</summary>
    /// <param name="state">The text; the same when this returns.</param>
    /// <param name="first">The drafting model's row for the token behind it.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    public async ValueTask DraftAsync(GenerationState state, ReadOnlyMemory<float> first, CancellationToken cancellationToken)
    {
        if (_width == 0) (_width, _drafted, _target) = (first.Length, new float[most * first.Length], new float[(most + 1) * first.Length]);
        (_start, _count) = (state.Position, -1);
        first.CopyTo(_drafted);
        try
        {
            var count = await WriteAsync(state, cancellationToken).ConfigureAwait(false);
            await models.ReadAsync(0, state, _target.AsMemory(0, (count + 1) * _width), count + 1, cancellationToken).ConfigureAwait(false);
            _count = count;
        }
        finally
        {
            state.Rollback(state.Position - _start);
        }
    }

    private async ValueTask<int> WriteAsync(GenerationState state, CancellationToken cancellationToken)
    {
        var room = Math.Min(most, models.DraftRoom(state));
        for (var count = 0; count < room;)
        {
            // The forward that reads the draft is to come.
            if (count > 0 && !models.Leaves(2)) return count;
            if (count > 0) await models.ReadAsync(drafter, state, _drafted.AsMemory(count * _width, _width), cancellationToken).ConfigureAwait(false);
            if (!TryDraw(count, state, out var token)) return count;
            state.Commit(token, _distribution);
            _draft[count++] = token;
            if (models.IsEnd(token)) return count;
        }

        return room;
    }

    // Where constraints allow nothing, the text may never come.
    private bool TryDraw(int row, GenerationState state, out int token)
    {
        try
        {
            token = models.Draw(_drafted.AsSpan(row * _width, _width), state, _distribution);
            return true;
        }
        catch (NoTokenAllowedException)
        {
            token = -1;
            return false;
        }
    }
}
