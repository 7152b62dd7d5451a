using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>The grammars that were compiled last for each vocabulary. Safe for concurrent use; two callers never compile the same one at once.</summary>
internal sealed class GrammarCache
{
    private const int MaxGrammars = 64;
    private static readonly ConditionalWeakTable<ITokenVocabulary, GrammarCache> _caches = [];
    private readonly Lock _lock = new();
    private readonly LinkedList<(GrammarConstraintOptions Options, Lazy<CompiledGrammar> Grammar)> _latest = [];
    private readonly Dictionary<GrammarConstraintOptions, LinkedListNode<(GrammarConstraintOptions Options, Lazy<CompiledGrammar> Grammar)>> _known = [];

    private GrammarCache()
    {
    }

    /// <summary>The grammar of options.</summary>
    public static CompiledGrammar Get(ITokenVocabulary vocabulary, GrammarConstraintOptions options)
        => _caches.GetValue(vocabulary, static _ => new GrammarCache()).Find(options, vocabulary).Value;

    private Lazy<CompiledGrammar> Find(GrammarConstraintOptions options, ITokenVocabulary vocabulary)
    {
        lock (_lock)
        {
            // One that has grown large serves those that have it, and is made afresh for the next.
            if (_known.Remove(options, out var node)) _latest.Remove(node);
            if (node is null || node.Value.Grammar is { IsValueCreated: true, Value.IsLarge: true })
                node = new(new(options, new Lazy<CompiledGrammar>(() => options.CompileGrammar(vocabulary))));
            _latest.AddFirst(node);
            _known[options] = node;
            if (_latest.Count > MaxGrammars)
            {
                _known.Remove(_latest.Last!.Value.Options);
                _latest.RemoveLast();
            }

            return node.Value.Grammar;
        }
    }
}
