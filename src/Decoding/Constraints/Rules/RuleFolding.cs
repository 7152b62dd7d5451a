namespace Decant.Decoding;

/// <summary>
/// Makes a grammar's rules from their text. What is regular becomes one terminal as far as it goes, for terminals are much faster than rules: a rule that leads to no recursive rule is a regular language, and
/// so is a part of any other rule that names none but such.
/// </summary>
/// <param name="builder">Makes terminals and rules.</param>
/// <param name="reader">What the rules were read with: says where something is wrong.</param>
internal sealed class RuleFolding(GrammarBuilder builder, SyntaxReader reader)
{
    private readonly Dictionary<string, Folded> _known = [];

    /// <summary>How large a regular language may become, in characters and repetitions written, with that of every name in it: rules that name others twice are exponentially large without names. Default: 2,000.</summary>
    public long MaxSize { get; init; } = 2000;

    /// <summary>What stands behind every leaf. Default: nothing.</summary>
    public ByteRegex Behind { get; init; } = builder.Pool.Empty;

    /// <summary>Makes a name known that no rule defines.</summary>
    public void Add(string name, Folded part) => _known[name] = part;

    /// <summary>What a name stands for, or null.</summary>
    public Folded? Find(string name) => _known.TryGetValue(name, out var part) ? part : null;

    /// <summary>Makes rules.</summary>
    /// <returns>The names of those that are recursive or name one that is; the others are known now.</returns>
    /// <exception cref="ConstraintSyntaxException">A name is not defined.</exception>
    public List<string> Fold(IReadOnlyDictionary<string, RuleSyntax> rules)
    {
        // A rule is made when all that it names are (Kahn, 1962): a chain of rules may be long.
        var users = new Dictionary<string, List<string>>();
        var missing = new Dictionary<string, int>();
        foreach (var (name, body) in rules)
        {
            var named = Names(body).DistinctBy(reference => reference.Name).Where(reference => !_known.ContainsKey(reference.Name)).ToList();
            missing[name] = named.Count;
            foreach (var reference in named)
            {
                if (!rules.ContainsKey(reference.Name)) throw reader.Error($"\"{reference.Name}\" is used here but not defined. Define it, or check its spelling.", reference.Position);
                if (!users.TryGetValue(reference.Name, out var those)) users[reference.Name] = those = [];
                those.Add(name);
            }
        }

        var work = new Queue<string>(rules.Keys.Where(name => missing[name] == 0));
        while (work.TryDequeue(out var name))
        {
            var part = Fold(rules[name]);
            _known[name] = part.Texts is null ? part with { Rule = builder.Rule(name, part.Rule!) } : part;
            foreach (var user in users.GetValueOrDefault(name) ?? [])
            {
                if (--missing[user] == 0) work.Enqueue(user);
            }
        }

        return [.. rules.Keys.Where(name => missing[name] > 0)];
    }

    /// <summary>Makes rules that may be recursive.</summary>
    public void FoldAll(IReadOnlyDictionary<string, RuleSyntax> rules)
    {
        var recursive = Fold(rules);
        foreach (var name in recursive) _known[name] = new Folded(null, builder.Declare(name));
        foreach (var name in recursive) builder.Define(_known[name].Rule!, Fold(rules[name]).ToExpression(builder));
    }

    /// <summary>The names that a part of a rule has in it.</summary>
    public static IEnumerable<RuleSyntax.Reference> Names(RuleSyntax part) => part switch
    {
        RuleSyntax.Reference reference => [reference],
        RuleSyntax.Sequence sequence => sequence.Parts.SelectMany(Names),
        RuleSyntax.Choice choice => choice.Parts.SelectMany(Names),
        RuleSyntax.Repeat repeat => Names(repeat.Part),
        _ => [],
    };

    private Folded Fold(RuleSyntax part)
    {
        switch (part)
        {
            case RuleSyntax.Leaf leaf:
                return new Folded(builder.Pool.Concat(leaf.Texts, Behind), null, Math.Max(1, leaf.Size));
            case RuleSyntax.Token token:
                return new Folded(null, GrammarExpression.Sequence(GrammarExpression.Token(token.Id), builder.Terminal(Behind)));
            case RuleSyntax.Reference reference:
                return _known[reference.Name];
            case RuleSyntax.Sequence sequence:
                return Sequence(sequence.Parts.Select(Fold));
            case RuleSyntax.Choice choice:
                return Choice([.. choice.Parts.Select(Fold)]);
            case RuleSyntax.Repeat repeat:
                var (texts, rule, size) = Fold(repeat.Part);
                return texts is not null
                    ? new Folded(builder.Pool.Repeat(texts, repeat.Min, repeat.Max), null, size + 1)
                    : new Folded(null, GrammarExpression.Repeat(rule!, repeat.Min, repeat.Max));
            default:
                throw new ArgumentException($"{part.GetType().Name} is no part of a rule.", nameof(part));
        }
    }

    // Neighbours that are regular become one terminal, unless that is too large.
    private Folded Sequence(IEnumerable<Folded> parts)
    {
        var done = new List<GrammarExpression>();
        var open = new List<ByteRegex>();
        var size = 0L;
        void Close()
        {
            if (open.Count > 0) done.Add(builder.Terminal(builder.Pool.Concat([.. open])));
            open.Clear();
            size = 0;
        }

        foreach (var part in parts)
        {
            if (part.Texts is null || size + part.Size > MaxSize) Close();
            if (part.Texts is null)
            {
                done.Add(part.Rule!);
                continue;
            }

            open.Add(part.Texts);
            size += part.Size;
        }

        if (done.Count == 0) return new Folded(builder.Pool.Concat([.. open]), null, size);
        Close();
        return new Folded(null, GrammarExpression.Sequence(done));
    }

    private Folded Choice(IReadOnlyList<Folded> parts)
    {
        var regular = parts.Where(part => part.Texts is not null).ToList();
        var size = regular.Sum(part => part.Size);
        if (regular.Count == parts.Count && size <= MaxSize) return Or(regular);
        var joined = size <= MaxSize && regular.Count > 0 ? [Or(regular)] : regular;
        return new Folded(null, GrammarExpression.Choice([.. joined.Concat(parts.Except(regular)).Select(part => part.ToExpression(builder))]));
    }

    private Folded Or(IReadOnlyList<Folded> parts) => new(builder.Pool.Or([.. parts.Select(part => part.Texts!)]), null, parts.Sum(part => part.Size));
}

/// <summary>A part of a rule: texts if it is regular, otherwise a rule.</summary>
/// <param name="Texts">The regular language, or null.</param>
/// <param name="Rule">The rule, or null.</param>
/// <param name="Size">How many characters a regular one is written with.</param>
internal sealed record Folded(ByteRegex? Texts, GrammarExpression? Rule, long Size = 0)
{
    public GrammarExpression ToExpression(GrammarBuilder builder) => Rule ?? builder.Terminal(Texts!);
}
