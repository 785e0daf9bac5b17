using System.Collections;
using System.Globalization;
using System.Reflection;

namespace DqnAkka.Actors.Tests;

/// <summary>An object's public properties, whole and in depth, as text: two objects that say the same are alike in every field.</summary>
internal static class Structure
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        float number => BitConverter.SingleToInt32Bits(number).ToString("X8", CultureInfo.InvariantCulture),
        double number => BitConverter.DoubleToInt64Bits(number).ToString("X16", CultureInfo.InvariantCulture),
        ReadOnlyMemory<byte> bytes => Of(bytes.ToArray()),
        ReadOnlyMemory<float> numbers => Of(numbers.ToArray()),
        IReadOnlyDictionary<string, string> map => $"{{{string.Join(", ", map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}"))}}}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]",
        ValueType simple => string.Create(CultureInfo.InvariantCulture, $"{simple}"),
        _ => $"{value.GetType().Name}({string.Join(", ", Properties(value.GetType()).Select(property => $"{property.Name}: {Of(property.GetValue(value))}"))})",
    };

    /// <summary>Properties, in depth, that have the default value of their type.</summary>
    public static IEnumerable<string> Defaults(object value)
    {
        foreach (PropertyInfo property in Properties(value.GetType()))
        {
            object? held = property.GetValue(value);
            object? zero = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
            if (Equals(held, zero) || held is string { Length: 0 } || held is ICollection { Count: 0 })
            {
                yield return $"{value.GetType().Name}.{property.Name}";
            }

            bool hasParts = held is not null and not string and not IEnumerable && !property.PropertyType.IsValueType;
            foreach (string inner in hasParts ? Defaults(held!) : [])
            {
                yield return inner;
            }
        }
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0);
}
