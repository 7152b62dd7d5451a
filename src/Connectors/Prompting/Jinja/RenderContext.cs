using System.Text;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>One rendering: its output, its names, and the limits that keep a hostile template from hanging the process.</summary>
internal sealed class RenderContext(int maxSteps = 4_000_000, int maxOutput = 64 << 20)
{
    private const int MaxDepth = 120;

    private readonly Stack<StringBuilder> _outputs = new([new StringBuilder()]);
    private int _steps;
    private int _depth;
    private long _written;

    /// <summary>The innermost scope.</summary>
    public Scope Scope { get; set; } = new(null);

    public string Output => _outputs.Peek().ToString();

    public void Write(string text)
    {
        _written += text.Length;
        if (_written > maxOutput) throw new ChatTemplateException($"the output is longer than {maxOutput} characters.");
        _outputs.Peek().Append(text);
    }

    public void Step()
    {
        if (++_steps > maxSteps) throw new ChatTemplateException($"rendering takes more than {maxSteps} steps.");
    }

    /// <summary>Charges work that is done outside the interpreter (building a long string or list).</summary>
    public void Charge(long amount)
    {
        if (amount > maxOutput) throw new ChatTemplateException($"a value is longer than {maxOutput}.");
        _steps += (int)(amount / 64);
        Step();
    }

    /// <summary>What <paramref name="body"/> writes, instead of writing it.</summary>
    public string Capture(Action body)
    {
        _outputs.Push(new StringBuilder());
        try
        {
            body();
            return Output;
        }
        finally
        {
            _outputs.Pop();
        }
    }

    /// <summary>Runs in a scope of its own on top of <paramref name="parent"/>.</summary>
    public void InScope(Scope parent, Action body)
    {
        if (++_depth > MaxDepth) throw new ChatTemplateException($"macros and loops are nested deeper than {MaxDepth}.");
        var outer = Scope;
        Scope = new Scope(parent);
        try
        {
            body();
        }
        finally
        {
            Scope = outer;
            _depth--;
        }
    }
}

/// <summary>Names and their values; inner scopes see outer ones.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._values.TryGetValue(name, out var value)) return value;
        }

        return new Undefined(name);
    }

    public void Set(string name, object? value) => _values[name] = value;

    private Scope? Parent => parent;
}
