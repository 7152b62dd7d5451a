namespace Decant.Decoding;

/// <summary>
/// For a model that was tuned to write a label where it is about to write something unwanted, such as vulnerable code: forbids the label, so that its probability goes to the other ways to go on; or
/// reports where it is likely. The search "label-backtrack" writes the line anew instead.
/// </summary>
/// <remarks>
/// <para>Source: Storhaug, Li and Hu, "Efficient Avoidance of Vulnerabilities in Auto-completed Smart Contract Code Using Vulnerability-constrained Decoding", 2023. It helps only with a model whose training made
/// the label take the place of what comes with it; the embedded ones are not tuned so.</para>
/// <para>A label that is a special token is that token; any other is a text, whose last token is the one that is forbidden or measured, however it is cut into tokens.</para>
/// </remarks>
public sealed record LabelGuardOptions : ConstraintOptions
{
    internal const double DefaultThreshold = 0.5;

    /// <inheritdoc/>
    public override string Kind => "label-guard";

    /// <summary>The labels; at least one, none empty.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>What is done about them. Default: <see cref="LabelGuardMode.Forbid"/>.</summary>
    public LabelGuardMode Mode { get; init; }

    /// <summary>For <see cref="LabelGuardMode.Detect"/> only: the probability of all labels together, in the model's raw row, from which it is reported; above 0, at most 1. Null: 0.5.</summary>
    public double? Threshold { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Labels.Count > 0 && !Labels.Contains(""), Labels, nameof(Labels), "at least one label, none empty");
        Check(Enum.IsDefined(Mode), Mode, nameof(Mode), "forbid or detect");
        Check(Threshold is null || (Threshold is > 0 and <= 1 && Mode == LabelGuardMode.Detect), Threshold, nameof(Threshold), "above 0 and at most 1, and null unless Mode is detect");
    }

    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new LabelGuard(Kind, new LabelTokens(context.Vocabulary, Labels), Mode == LabelGuardMode.Detect ? Threshold ?? DefaultThreshold : null);
    }
}

/// <summary>Refuses the tokens that complete a label, unless it only detects.</summary>
/// <param name="name">Its name.</param>
/// <param name="labels">The labels.</param>
/// <param name="threshold">The probability from which labels are reported; null: they are forbidden.</param>
internal sealed class LabelGuard(string name, LabelTokens labels, double? threshold) : IConstraint
{
    // How much of a label has been written, after each token.
    private readonly List<int> _path = [];

    public string Name => name;

    public LabelTokens Labels => labels;

    public double? Threshold => threshold;

    public bool Accepting => true;

    private int State => _path.Count == 0 ? 0 : _path[^1];

    public void FillMask(Span<ulong> mask)
    {
        if (threshold is not null) return;
        foreach (var token in labels.Completing(State))
        {
            if (token >> 6 < mask.Length) TokenMask.Clear(mask, token);
        }
    }

    public bool TryAccept(int token)
    {
        if (threshold is null && labels.Completing(State).Contains(token)) return false;
        _path.Add(labels.Next(State, token));
        return true;
    }

    public void Rollback(int tokenCount) => _path.RemoveRange(_path.Count - tokenCount, tokenCount);

    public IConstraint Fork()
    {
        var fork = new LabelGuard(name, labels, threshold);
        fork._path.AddRange(_path);
        return fork;
    }
}
