namespace Decant.Decoding;

/// <summary>Several regular constraints at once.</summary>
internal sealed record IntersectionOptions(ValueList<RegularConstraintOptions> Parts) : RegularConstraintOptions
{
    public override string Kind => string.Join(" and ", Parts.Select(part => part.Kind));

    // A fraction of a second. Where that is not enough, each can do without the others.
    private protected override int MaxSearched => 5000;

    internal override ByteRegex Language(RegexPool pool) => pool.And([.. Parts.Select(part => part.Language(pool))]);

    /// <summary>The constraints of a call, those that are regular as one wherever that one is not too large.</summary>
    public static IConstraint[] Compile(IReadOnlyList<ConstraintOptions> constraints, PlanContext context)
    {
        RegularConstraintOptions[] regular = [.. constraints.OfType<RegularConstraintOptions>().Select(options => (RegularConstraintOptions)options.Complete(context))];
        if (regular.Length > 1)
        {
            try
            {
                var together = new IntersectionOptions([.. regular]).Compile(context);
                return [together, .. constraints.Where(options => options is not RegularConstraintOptions).Select(options => options.Compile(context))];
            }
            catch (ConstraintLimitException)
            {
                // Each for itself, then: their masks are intersected token by token.
            }
        }

        return [.. constraints.Select(options => options.Compile(context))];
    }

    private protected override string Contradiction(GrammarBuilder builder)
    {
        for (var i = 0; i < Parts.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (builder.Derivatives.IsEmpty(builder.Pool.And(Parts[i].Language(builder.Pool), Parts[j].Language(builder.Pool))))
                    return $"The constraints \"{Parts[j].Kind}\" and \"{Parts[i].Kind}\" exclude each other: no text is allowed by both. Loosen one of them.";
            }
        }

        return $"The constraints {string.Join(", ", Parts.Select(part => $"\"{part.Kind}\""))} exclude each other: no text is allowed by all. Loosen one of them.";
    }
}
