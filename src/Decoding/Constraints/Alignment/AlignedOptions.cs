namespace Decant.Decoding;

/// <summary>
/// Has the call's other constraints condition the model rather than mask it: what the model would write, given that it obeys. A mask alone looks one token ahead, and so prefers beginnings that the model finds
/// likely although it then hardly ever goes on as the constraints demand.
/// </summary>
/// <remarks>
/// <para>Source: Park and others, "Grammar-Aligned Decoding", 2024 (ASAp). Answers to the same prompt under the same options are remembered as a tree: of every beginning, how likely the model is to go on within
/// the constraints, 1 where nobody has been. A token's probability is multiplied with that. The first answer is drawn as with masks alone; the more there are, the closer the distribution comes
/// to the conditional one. So the same seed may give another text next time.</para>
/// <para>Kept with the client's services, for up to 64 combinations of prompt and options, beyond which all are forgotten; other sampling is another combination. What the distribution depends on besides (passages of a contrast's other
/// prompts, a grounder's state) should not change meanwhile. For few answers to a prompt, the search "smc" comes closer. Needs sampling that draws.</para>
/// </remarks>
public sealed record AlignedOptions : ConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "aligned";

    /// <summary>Whether the call's own tokens are remembered. False: it is weighed by what earlier calls have left, and reproducible as long as none learns. Default: true.</summary>
    public bool Learn { get; init; } = true;

    /// <summary>Beginnings to remember of one prompt, some 100 bytes each; at least 1. Where there are more, new ones are not. Default: 100,000.</summary>
    public int MaxNodes { get; init; } = 100_000;

    /// <inheritdoc/>
    public override void Validate() => Check(MaxNodes >= 1, MaxNodes, nameof(MaxNodes), "at least 1");

    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Options;
        if (options.Sampling is { IsGreedy: true } sampling)
            throw new ArgumentException($"\"{Kind}\" changes what is drawn, and sampling \"{sampling.Kind}\" is greedy: it draws nothing. Set the temperature above 0, or leave \"{Kind}\" out.");
        if (options.Constraints!.OfType<AlignedOptions>().Count() > 1) throw new ArgumentException($"The constraint \"{Kind}\" is given twice. Give it once.");

        // What the distribution does not depend on is no part of what was learned.
        var same = options with { Search = null, Speculation = null, Budget = null, Logprobs = null, Trace = null, Sampling = (options.Sampling ?? new SamplingOptions()) with { Seed = null } };
        same = same with { Constraints = [.. options.Constraints!.Where(constraint => constraint != this)] };
        return new Alignment(this, context.Services.Keep<AlignmentTrees>(nameof(AlignmentTrees), () => new()), same);
    }
}

/// <summary>Allows everything, and weighs it by what a tree knows. Follows the text through the tree.</summary>
internal sealed class Alignment(AlignedOptions aligned, AlignmentTrees trees, DecodingOptions options) : IConstraint
{
    // Where the text is after each token; null beyond what the tree knows.
    private readonly List<AlignmentNode?> _path = [];
    private AlignmentTree? _tree;

    public string Name => aligned.Kind;

    public bool Accepting => true;

    public void FillMask(Span<ulong> mask)
    {
    }

    public bool TryAccept(int token)
    {
        _path.Add(_tree?.Find(_path.Count == 0 ? _tree.Root : _path[^1], token));
        return true;
    }

    public void Rollback(int tokenCount) => _path.RemoveRange(_path.Count - tokenCount, tokenCount);

    public IConstraint Fork()
    {
        var fork = new Alignment(aligned, trees, options) { _tree = _tree };
        fork._path.AddRange(_path);
        return fork;
    }

    /// <summary>Weighs candidates; false where none is left.</summary>
    public bool Align(GenerationState state, TokenDistribution distribution)
    {
        Open(state);
        return _tree!.Weigh(_path.Count == 0 ? _tree.Root : _path[^1], distribution);
    }

    /// <summary>Takes note of a token that was accepted, and of how likely it was; nothing where it was not drawn from a row that measures.</summary>
    public void Learn(int token, TokenDistribution? drawnFrom)
    {
        if (!aligned.Learn || _tree is null || drawnFrom?.AllowedMass is not { } allowed) return;
        var from = _path.Count == 1 ? _tree.Root : _path[^2];
        if (from is not null) _path[^1] = _tree.Learn(from, allowed, token, drawnFrom.Unconstrained(token), aligned.MaxNodes);
    }

    /// <summary>Takes note that nothing can follow here.</summary>
    public void LearnDeadEnd()
    {
        if (aligned.Learn && _tree is not null && (_path.Count == 0 ? _tree.Root : _path[^1]) is { } node) _tree.LearnDeadEnd(node);
    }

    // The prompt is not known before.
    private void Open(GenerationState state) => _tree ??= trees.Of(options, [.. state.Tokens[..state.PromptLength]]);
}
