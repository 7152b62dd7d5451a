using System.Text;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>
/// Cuts a template into tokens, with Jinja's rules for white space: <c>-</c> eats all of it, trim_blocks the newline after a block,
/// lstrip_blocks the indentation before one. Knows nothing of statements.
/// </summary>
internal sealed class Lexer(string source, bool trimBlocks, bool lstripBlocks)
{
    private static readonly string[] _operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|"];

    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;

    public static List<Token> Read(string source, bool trimBlocks = true, bool lstripBlocks = true)
    {
        source = source.Replace("\r\n", "\n").Replace('\r', '\n');
        if (source.EndsWith('\n')) source = source[..^1];
        return new Lexer(source, trimBlocks, lstripBlocks).Read();
    }

    private List<Token> Read()
    {
        var eatSpace = false;
        var eatNewline = false;
        while (true)
        {
            var open = NextTag();
            var text = source[_at..open];
            if (eatSpace) text = text.TrimStart();
            else if (eatNewline && text.StartsWith('\n')) text = text[1..];
            var kind = open < source.Length ? source[open + 1] : '\0';
            var control = open + 2 < source.Length ? source[open + 2] : '\0';
            if (control == '-' && kind != '\0') text = text.TrimEnd();
            else if (lstripBlocks && (kind is '%' or '#') && control != '+') text = WithoutIndent(text, open);
            if (text.Length > 0) _tokens.Add(new(TokenKind.Text, text, _line));
            Count(_at, open);
            _at = open;
            if (kind == '\0') break;
            _at += control is '-' or '+' ? 3 : 2;
            (eatSpace, eatNewline) = kind switch
            {
                '#' => ReadComment(),
                '{' => ReadTag(TokenKind.OpenOutput, TokenKind.CloseOutput, "}}"),
                _ => ReadTag(TokenKind.OpenBlock, TokenKind.CloseBlock, "%}"),
            };
        }

        _tokens.Add(new(TokenKind.End, "", _line));
        return _tokens;
    }

    private int NextTag()
    {
        for (var i = _at; i + 1 < source.Length; i++)
        {
            if (source[i] == '{' && (source[i + 1] is '{' or '%' or '#')) return i;
        }

        return source.Length;
    }

    // Spaces and tabs between the last newline and the tag go, when nothing else stands there.
    private string WithoutIndent(string text, int open)
    {
        var end = text.Length;
        while (end > 0 && (text[end - 1] is ' ' or '\t')) end--;
        var atLineStart = end > 0 ? text[end - 1] == '\n' : open - text.Length == 0 || source[open - text.Length - 1] == '\n';
        return atLineStart ? text[..end] : text;
    }

    private (bool, bool) ReadComment()
    {
        var close = source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0) throw new ChatTemplateException("a comment is not closed by #}.", _line);
        var dash = close > _at && source[close - 1] == '-';
        Count(_at, close);
        _at = close + 2;
        return (dash, trimBlocks);
    }

    private (bool EatSpace, bool EatNewline) ReadTag(TokenKind open, TokenKind close, string closing)
    {
        var first = _tokens.Count;
        _tokens.Add(new(open, "", _line));
        var depth = 0;
        while (true)
        {
            SkipSpace();
            if (_at >= source.Length) throw new ChatTemplateException($"a tag is not closed by {closing}.", _line);
            var sign = source[_at] is '-' or '+' ? source[_at] : '\0';
            if (depth == 0 && At(closing, sign == '\0' ? _at : _at + 1))
            {
                _at += closing.Length + (sign == '\0' ? 0 : 1);
                _tokens.Add(new(close, "", _line));
                var isRaw = open == TokenKind.OpenBlock && _tokens.Count == first + 3 && _tokens[first + 1].Is(TokenKind.Name, "raw");
                if (isRaw) return ReadRaw(first, sign == '-');
                return (sign == '-', trimBlocks && open == TokenKind.OpenBlock && sign != '+');
            }

            var token = ReadToken();
            if (token.Kind == TokenKind.Operator) depth += token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            _tokens.Add(token);
        }
    }

    private (bool, bool) ReadRaw(int first, bool eatSpace)
    {
        _tokens.RemoveRange(first, _tokens.Count - first);
        for (var open = source.IndexOf("{%", _at, StringComparison.Ordinal); open >= 0; open = source.IndexOf("{%", open + 2, StringComparison.Ordinal))
        {
            var close = source.IndexOf("%}", open, StringComparison.Ordinal);
            if (close < 0) break;
            if (source[(open + 2)..close].Trim(' ', '-', '+', '\n', '\t') != "endraw") continue;
            var text = source[_at..open];
            if (eatSpace) text = text.TrimStart();
            else if (trimBlocks && text.StartsWith('\n')) text = text[1..];
            if (source[open + 2] == '-') text = text.TrimEnd();
            else if (lstripBlocks) text = WithoutIndent(text, open);
            if (text.Length > 0) _tokens.Add(new(TokenKind.Text, text, _line));
            Count(_at, close);
            _at = close + 2;
            return (source[close - 1] == '-', trimBlocks);
        }

        throw new ChatTemplateException("a raw block is not closed by {% endraw %}.", _line);
    }

    private Token ReadToken()
    {
        var c = source[_at];
        if (c is '"' or '\'') return ReadString(c);
        if (char.IsAsciiDigit(c)) return ReadNumber();
        if (char.IsLetter(c) || c == '_')
        {
            var start = _at;
            while (_at < source.Length && (char.IsLetterOrDigit(source[_at]) || source[_at] == '_')) _at++;
            return new(TokenKind.Name, source[start.._at], _line);
        }

        var found = Array.Find(_operators, op => At(op, _at)) ?? throw new ChatTemplateException($"'{c}' is not expected here.", _line);
        _at += found.Length;
        return new(TokenKind.Operator, found, _line);
    }

    private Token ReadNumber()
    {
        var start = _at;
        while (_at < source.Length && (char.IsAsciiDigit(source[_at]) || source[_at] == '_')) _at++;
        // After a dot, digits are an index (matrix.0.1), not a fraction.
        var isIndex = _tokens[^1].Is(TokenKind.Operator, ".");
        var kind = TokenKind.Integer;
        if (!isIndex && _at + 1 < source.Length && source[_at] == '.' && char.IsAsciiDigit(source[_at + 1]))
        {
            kind = TokenKind.Float;
            _at++;
            while (_at < source.Length && char.IsAsciiDigit(source[_at])) _at++;
        }

        if (!isIndex && _at + 1 < source.Length && (source[_at] is 'e' or 'E') && (char.IsAsciiDigit(source[_at + 1]) || ((source[_at + 1] is '-' or '+') && _at + 2 < source.Length && char.IsAsciiDigit(source[_at + 2]))))
        {
            kind = TokenKind.Float;
            _at += 2;
            while (_at < source.Length && char.IsAsciiDigit(source[_at])) _at++;
        }

        return new(kind, source[start.._at].Replace("_", ""), _line);
    }

    private Token ReadString(char quote)
    {
        var line = _line;
        var text = new StringBuilder();
        for (_at++; _at < source.Length && source[_at] != quote; _at++)
        {
            if (source[_at] == '\n') _line++;
            if (source[_at] != '\\' || _at + 1 >= source.Length) text.Append(source[_at]);
            else ReadEscape(text);
        }

        if (_at >= source.Length) throw new ChatTemplateException("a string is not closed.", line);
        _at++;
        return new(TokenKind.String, text.ToString(), line);
    }

    private void ReadEscape(StringBuilder text)
    {
        var c = source[++_at];
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && _at + digits < source.Length && int.TryParse(source.AsSpan(_at + 1, digits), System.Globalization.NumberStyles.HexNumber, null, out var code)
            && (code < 0xD800 || code > 0xDFFF) && code is >= 0 and <= 0x10FFFF)
        {
            text.Append(char.ConvertFromUtf32(code));
            _at += digits;
            return;
        }

        text.Append(c switch { 'n' => "\n", 't' => "\t", 'r' => "\r", 'b' => "\b", 'f' => "\f", '\n' => "", '\\' => "\\", '\'' => "'", '"' => "\"", _ => $"\\{c}" });
    }

    private void SkipSpace()
    {
        for (; _at < source.Length && char.IsWhiteSpace(source[_at]); _at++)
        {
            if (source[_at] == '\n') _line++;
        }
    }

    private bool At(string text, int at) => string.CompareOrdinal(source, at, text, 0, text.Length) == 0;

    private void Count(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (source[i] == '\n') _line++;
        }
    }
}
