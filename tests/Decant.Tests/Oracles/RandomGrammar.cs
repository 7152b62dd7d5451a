namespace Decant.Tests;

/// <summary>
/// A random grammar over the letters a and b, as the engine's expressions and, slowly, as the plain set of its texts of at most <see cref="Longest"/> letters: sets are joined, cut and complemented,
/// and rules are filled until nothing changes.
/// </summary>
internal sealed class RandomGrammar
{
    public const int Longest = 8;
    private const string Letters = "ab";
    private static readonly HashSet<string> _all = [.. All()];
    private readonly Random _random;
    private readonly GrammarBuilder _builder = new();
    private readonly (GrammarExpression Rule, Part Body)[] _rules;
    private readonly HashSet<string>[] _texts;

    public RandomGrammar(int seed)
    {
        _random = new Random(seed);
        _rules = new (GrammarExpression, Part)[_random.Next(1, 5)];
        for (var rule = 0; rule < _rules.Length; rule++) _rules[rule].Rule = _builder.Declare($"r{rule}");
        for (var rule = 0; rule < _rules.Length; rule++)
        {
            _rules[rule].Body = Expression(3);
            _builder.Define(_rules[rule].Rule, _rules[rule].Body.Expression);
        }

        _texts = Array.ConvertAll(_rules, _ => new HashSet<string>());
        for (var changed = true; changed;)
        {
            changed = false;
            for (var rule = 0; rule < _rules.Length; rule++)
            {
                var texts = _rules[rule].Body.Texts(_texts);
                changed |= texts.Count > _texts[rule].Count;
                _texts[rule] = texts;
            }
        }
    }

    /// <summary>All its texts of at most <see cref="Longest"/> letters.</summary>
    public IReadOnlySet<string> Texts => _texts[0];

    /// <exception cref="ArgumentException">It has no texts.</exception>
    public Grammar Build() => _builder.Build(_rules[0].Rule);

    private static IEnumerable<string> All()
    {
        List<string> level = [""];
        for (var length = 0; length <= Longest; length++)
        {
            foreach (var text in level) yield return text;
            level = [.. level.SelectMany(text => Letters.Select(letter => text + letter))];
        }
    }

    private Part Expression(int depth)
    {
        switch (depth == 0 ? _random.Next(3) : _random.Next(8))
        {
            case 0 or 1:
                var language = Language(2);
                return new Part(_builder.Terminal(language.Regex), _ => language.Texts);
            case 2:
                var rule = _random.Next(_rules.Length);
                return new Part(_rules[rule].Rule, texts => texts[rule]);
            case 3 or 4:
                var (first, second) = (Expression(depth - 1), Expression(depth - 1));
                return new Part(GrammarExpression.Sequence(first.Expression, second.Expression), texts => Join(first.Texts(texts), second.Texts(texts)));
            case 5 or 6:
                var (one, other) = (Expression(depth - 1), Expression(depth - 1));
                return new Part(GrammarExpression.Choice(one.Expression, other.Expression), texts => [.. one.Texts(texts), .. other.Texts(texts)]);
            default:
                var item = Expression(depth - 1);
                var (min, max) = Times();
                return new Part(GrammarExpression.Repeat(item.Expression, min, max), texts => Repeat(item.Texts(texts), min, max));
        }
    }

    private (ByteRegex Regex, HashSet<string> Texts) Language(int depth)
    {
        var pool = _builder.Pool;
        switch (depth == 0 ? 0 : _random.Next(8))
        {
            case 0 or 1:
                var letters = new[] { "a", "b", "ab" }[_random.Next(3)];
                return (pool.Or([.. letters.Select(letter => pool.Literal(letter.ToString()))]), [.. letters.Select(letter => letter.ToString())]);
            case 2 or 3:
                var (first, second) = (Language(depth - 1), Language(depth - 1));
                return (pool.Concat(first.Regex, second.Regex), Join(first.Texts, second.Texts));
            case 4:
                var (one, other) = (Language(depth - 1), Language(depth - 1));
                return (pool.Or(one.Regex, other.Regex), [.. one.Texts, .. other.Texts]);
            case 5:
                var (left, right) = (Language(depth - 1), Language(depth - 1));
                return (pool.And(left.Regex, right.Regex), [.. left.Texts.Intersect(right.Texts)]);
            case 6:
                var part = Language(depth - 1);
                var letter = pool.Or(pool.Literal("a"), pool.Literal("b"));
                return (pool.And(pool.Repeat(letter, 0, null), pool.Not(part.Regex)), [.. _all.Except(part.Texts)]);
            default:
                var item = Language(depth - 1);
                var (min, max) = Times();
                return (pool.Repeat(item.Regex, min, max), Repeat(item.Texts, min, max));
        }
    }

    private (int Min, int? Max) Times()
    {
        var min = _random.Next(3);
        return (min, _random.Next(2) == 0 ? null : min + _random.Next(3));
    }

    private static HashSet<string> Join(HashSet<string> first, HashSet<string> second)
        => [.. first.SelectMany(left => second.Where(right => left.Length + right.Length <= Longest).Select(right => left + right))];

    private static HashSet<string> Repeat(HashSet<string> item, int min, int? max)
    {
        HashSet<string> result = [];
        HashSet<string> times = [""];
        for (var count = 0; count <= (max ?? Longest + min); count++)
        {
            if (count >= min) result.UnionWith(times);
            times = Join(times, item);
        }

        return result;
    }

    private sealed record Part(GrammarExpression Expression, Func<HashSet<string>[], HashSet<string>> Texts);
}
